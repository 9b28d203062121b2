//! `make demo`: a guided tour of Roomkeeper on a real Kubernetes API server, with simulated vendors.
//!
//! Begins, ends and cleans up; what the tour shows is in `story/`.

mod processes;
mod screen;
mod stage;
mod story;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context as _;
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

use processes::{Folder, Life};
use screen::Screen;
use stage::Stage;

/// The guided tour behind `make demo`.
#[derive(Debug, Parser)]
#[command(name = "roomkeeper-demo")]
enum Arguments {
    /// Tells the whole story.
    Run {
        /// Leave everything running afterwards.
        #[arg(long)]
        keep: bool,
    },
    /// Stops what `run --keep` left running.
    Stop,
}

/// How a demo ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Finished,
    Failed,
    Interrupted,
}

#[tokio::main]
async fn main() -> ExitCode {
    let screen = Screen::new();
    let end = match Arguments::parse() {
        Arguments::Run { keep } => run(if keep { Life::Kept } else { Life::WithTheDemo }, &screen).await,
        Arguments::Stop => stop(&screen).await,
    };
    let end = end.unwrap_or_else(|error| {
        screen.failure(&error);
        End::Failed
    });
    match end {
        End::Finished => ExitCode::SUCCESS,
        End::Failed => ExitCode::FAILURE,
        // What a shell says of a program that Ctrl-C ended.
        End::Interrupted => ExitCode::from(130),
    }
}

async fn run(life: Life, screen: &Screen) -> anyhow::Result<End> {
    let folder = Folder::locate()?;
    let _alone = folder.lock()?;
    folder.begin()?;
    let interrupted = interrupted()?;
    let end = tokio::select! {
        biased;
        () = interrupted => {
            screen.paragraph("Interrupted: everything is being stopped.");
            End::Interrupted
        }
        told = tell(life, &folder, screen) => match told {
            Ok(()) => End::Finished,
            Err(error) => {
                screen.failure(&error);
                screen.scene(&folder);
                End::Failed
            }
        },
    };
    if end == End::Finished && life == Life::Kept {
        return Ok(end);
    }
    processes::stop(&folder).await?;
    // After a failure the logs stay; the next demo removes them.
    if end != End::Failed {
        folder.remove()?;
    }
    if end == End::Finished {
        screen.say("Everything is stopped and removed.");
        screen.say(story::NEXT);
    }
    Ok(end)
}

/// Sets the stage, tells the story, and says how it went.
async fn tell(life: Life, folder: &Folder, screen: &Screen) -> anyhow::Result<()> {
    let began = Instant::now();
    screen.say(story::INTRODUCTION);
    let mut stage = Stage::set(life, folder, screen).await?;
    for (number, step) in story::steps().enumerate() {
        screen.title(number + 1, step.title);
        stage.play(step).await.with_context(|| format!("in step {}, {}", number + 1, step.title))?;
    }
    screen.heading("The end");
    stage.sum_up(&story::DEEDS).await?;
    let seconds = began.elapsed().as_secs();
    screen.paragraph(&format!("All of it came about as it should, in {seconds} seconds."));
    if life == Life::Kept {
        stage.play(&story::ONCE_MORE).await.context("making the room once more failed")?;
        stage.explain();
    }
    Ok(())
}

/// Stops what an earlier demo left running.
async fn stop(screen: &Screen) -> anyhow::Result<End> {
    let folder = Folder::locate()?;
    let _alone = folder.lock()?;
    let running = folder.running();
    processes::stop(&folder).await?;
    folder.remove()?;
    match running.as_slice() {
        [] => screen.say("No demo runs here."),
        names => screen.say(&format!("Stopped: {}.", names.join(", "))),
    }
    Ok(End::Finished)
}

/// Ends when a person or the system wants the demo to end.
fn interrupted() -> anyhow::Result<impl Future<Output = ()>> {
    let listen = |kind| signal(kind).context("signals cannot be listened for");
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    let mut hangup = listen(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    })
}
