using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>What strangers may do so many times a minute, by this process's count.</summary>
internal sealed class RequestLimits(IOptions<HqOAuth2Options> options, TimeProvider time)
{
    private readonly MinuteLimit registrations = new(time);
    private readonly MinuteLimit failures = new(time);

    /// <summary>Counts a registration; false when the address made as many as it may.</summary>
    public bool TryRegister(string? address) => registrations.TryTake(address ?? "", options.Value.Limits.RegistrationsPerMinute);

    /// <summary>Whether somebody at this address has guessed at this client as often as it may (RFC 6749 §2.3.1).</summary>
    public bool HasGuessed(string clientId, string? address) =>
        failures.IsReached(Key(clientId, address), options.Value.Limits.FailedAuthenticationsPerMinute);

    /// <summary>Counts a guess that was wrong.</summary>
    public void CountGuess(string clientId, string? address) =>
        failures.TryTake(Key(clientId, address), options.Value.Limits.FailedAuthenticationsPerMinute);

    private static string Key(string clientId, string? address) => $"{address} {clientId}";
}
