// Prints a UserSig by Tencent's npm package: node usersig.js SDKAPPID KEY IDENTIFIER EXPIRE [USERBUF].
const { Api } = require("tls-sig-api-v2");

const [app, key, identifier, expire, userbuf] = process.argv.slice(2);
console.log(new Api(Number(app), key).genSig(identifier, Number(expire), userbuf ?? null));
