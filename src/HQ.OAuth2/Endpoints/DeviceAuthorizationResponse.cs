using System.Text.Json.Serialization;

namespace HQ.OAuth2;

/// <summary>The answer to a device (RFC 8628 §3.2).</summary>
internal sealed record DeviceAuthorizationResponse
{
    [JsonPropertyName("device_code")]
    public required string DeviceCode { get; init; }

    [JsonPropertyName("user_code")]
    public required string UserCode { get; init; }

    [JsonPropertyName("verification_uri")]
    public required string VerificationUri { get; init; }

    [JsonPropertyName("verification_uri_complete")]
    public required string VerificationUriComplete { get; init; }

    [JsonPropertyName("expires_in")]
    public required long ExpiresIn { get; init; }

    [JsonPropertyName("interval")]
    public required long Interval { get; init; }

    public static DeviceAuthorizationResponse Of(DeviceCode code, ServerSettings settings)
    {
        var page = settings.Issuer.Url(settings.Issuer.DevicePath);
        return new()
        {
            DeviceCode = code.ToWire(),
            UserCode = code.UserCode.Shown,
            VerificationUri = page,
            VerificationUriComplete = FormEncoding.AppendQuery(page, ("user_code", code.UserCode.Shown)),
            ExpiresIn = (long)settings.Options.DeviceCodeLifetime.TotalSeconds,
            Interval = (long)DevicePolls.Interval.TotalSeconds,
        };
    }
}
