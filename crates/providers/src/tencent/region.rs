//! Where the data of an application lives, and the host that serves it there.
//! An application answers in its own region only: elsewhere it looks as if it did not exist (codes 70016, 70020).

use std::fmt;
use std::str::FromStr;

use url::Url;

/// The region that was chosen when the application was created; it cannot be changed afterwards.
///
/// The vendor's Room Engine pages list China and Singapore only; the other hosts are those of its account system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Region {
    /// Mainland China.
    China,
    /// Singapore.
    Singapore,
    /// Seoul.
    Seoul,
    /// Frankfurt.
    Frankfurt,
    /// Silicon Valley.
    SiliconValley,
    /// Jakarta.
    Jakarta,
    /// Tokyo.
    Tokyo,
    /// Mumbai, which newer vendor pages no longer list.
    Mumbai,
}

impl Region {
    /// Every region.
    pub const ALL: [Self; 8] = [
        Self::China,
        Self::Singapore,
        Self::Seoul,
        Self::Frankfurt,
        Self::SiliconValley,
        Self::Jakarta,
        Self::Tokyo,
        Self::Mumbai,
    ];

    /// Returns the name that [`Region::from_str`] reads.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::China => "China",
            Self::Singapore => "Singapore",
            Self::Seoul => "Seoul",
            Self::Frankfurt => "Frankfurt",
            Self::SiliconValley => "SiliconValley",
            Self::Jakarta => "Jakarta",
            Self::Tokyo => "Tokyo",
            Self::Mumbai => "Mumbai",
        }
    }

    /// Returns the host of the server API.
    pub const fn host(self) -> &'static str {
        match self {
            Self::China => "console.tim.qq.com",
            Self::Singapore => "adminapisgp.im.qcloud.com",
            Self::Seoul => "adminapikr.im.qcloud.com",
            Self::Frankfurt => "adminapiger.im.qcloud.com",
            Self::SiliconValley => "adminapiusa.im.qcloud.com",
            Self::Jakarta => "adminapiidn.im.qcloud.com",
            Self::Tokyo => "adminapijpn.im.qcloud.com",
            Self::Mumbai => "adminapiind.im.qcloud.com",
        }
    }

    /// Returns the base URL of the server API.
    pub fn endpoint(self) -> Url {
        Url::parse(&format!("https://{}/", self.host())).expect("every host of the table makes a URL")
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is not one of the regions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a region of Tencent, use one of {}", Region::ALL.map(Region::as_str).join(", "))]
pub struct ParseRegionError {
    name: String,
}

impl FromStr for Region {
    type Err = ParseRegionError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|region| region.as_str() == name)
            .ok_or_else(|| ParseRegionError { name: name.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Region;

    #[test]
    fn each_region_has_a_name_that_parses_and_a_host_of_its_own() {
        for region in Region::ALL {
            assert_eq!(region.as_str().parse(), Ok(region));
            assert_eq!(region.endpoint().host_str(), Some(region.host()));
        }
        assert_eq!(Region::ALL.map(Region::host).into_iter().collect::<BTreeSet<_>>().len(), 8);
    }

    #[test]
    fn an_unknown_region_is_told_the_known_ones() {
        let error = "singapore".parse::<Region>().expect_err("names are case-sensitive").to_string();
        assert!(error.contains("`singapore`") && error.contains("Singapore, Seoul"), "{error}");
    }
}
