namespace HQ.OAuth2;

/// <summary>Ceilings against floods; zero = none.</summary>
public sealed class LimitOptions
{
    /// <summary>Registrations per minute and remote address. Default 120.</summary>
    public int RegistrationsPerMinute { get; set; } = 120;

    /// <summary>
    /// Failed authentications per minute, client and remote address; also how many that may fail are checked at the same time. Default 10.
    /// </summary>
    public int FailedAuthenticationsPerMinute { get; set; } = 10;

    /// <summary>How many metadata documents are fetched per minute from a host that were not valid before, and how often each that was. Default 30.</summary>
    public int DocumentFetchesPerMinute { get; set; } = 30;

    /// <summary>
    /// Networks whose addresses may register more, or less, than <see cref="RegistrationsPerMinute"/>: for instance those of a hosted
    /// connector, which registers for all its users from a few addresses. The smallest network that an address is in counts.
    /// </summary>
    public IList<NetworkLimitOptions> Networks { get; } = [];

    /// <summary>
    /// How many self-registered (<c>dcr</c>) clients there may be; at the ceiling registrations are refused for now (503). Each node counts
    /// the stored ones once a minute and adds its own, so that several nodes can exceed it by what the others make in a minute. Default
    /// 100,000; 0 = no limit.
    /// </summary>
    public int SelfRegisteredClients { get; set; } = 100_000;

    /// <summary>
    /// How many bcrypt computations may run at once; 16 times as many secrets may wait for one, more are refused. Default: one less than
    /// the number of cores, so that one is left for everything else; at least 1.
    /// </summary>
    public int BcryptConcurrency { get; set; } = Math.Max(1, Environment.ProcessorCount - 1);
}
