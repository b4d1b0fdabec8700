using static HQ.OAuth2.OptionRules;

namespace HQ.OAuth2;

internal static class LimitOptionTable
{
    public static readonly OptionTable<LimitOptions> Rows = new OptionTable<LimitOptions>()
        .Number("registrationsPerMinute", o => o.RegistrationsPerMinute, (o, v) => o.RegistrationsPerMinute = v, LimitOrNone)
        .Items("networks", o => o.Networks, NetworkLimitOptionTable.Rows)
        .Number("selfRegisteredClients", o => o.SelfRegisteredClients, (o, v) => o.SelfRegisteredClients = v, LimitOrNone)
        .Number(
            "failedAuthenticationsPerMinute",
            o => o.FailedAuthenticationsPerMinute,
            (o, v) => o.FailedAuthenticationsPerMinute = v,
            LimitOrNone,
            Being(0, "client secrets can be guessed as fast as this server answers")
        )
        .Number("pushedRequestsPerMinute", o => o.PushedRequestsPerMinute, (o, v) => o.PushedRequestsPerMinute = v, LimitOrNone)
        .Number("deviceCodesPerMinute", o => o.DeviceCodesPerMinute, (o, v) => o.DeviceCodesPerMinute = v, LimitOrNone)
        .Number("clientDeviceCodesPerMinute", o => o.ClientDeviceCodesPerMinute, (o, v) => o.ClientDeviceCodesPerMinute = v, LimitOrNone)
        .Number(
            "wrongUserCodes",
            o => o.WrongUserCodes,
            (o, v) => o.WrongUserCodes = v,
            LimitOrNone,
            Being(0, "a signed-in user can guess the code of a device as fast as this server answers (RFC 8628 §5.1)")
        )
        .Number("personalAccessTokensPerHour", o => o.PersonalAccessTokensPerHour, (o, v) => o.PersonalAccessTokensPerHour = v, LimitOrNone)
        .Number("documentFetchesPerMinute", o => o.DocumentFetchesPerMinute, (o, v) => o.DocumentFetchesPerMinute = v, LimitOrNone)
        .Number(
            "bcryptConcurrency",
            o => o.BcryptConcurrency,
            (o, v) => o.BcryptConcurrency = v,
            LimitOrNone,
            Being(0, "wrong client secrets can occupy every core")
        );
}
