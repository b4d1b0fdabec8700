namespace HQ.OAuth2;

/// <summary>Ceilings against floods; zero = none.</summary>
public sealed class LimitOptions
{
    /// <summary>Registrations per minute from one address, counted in each process by itself. Default 120.</summary>
    public int RegistrationsPerMinute { get; set; } = 120;

    /// <summary>
    /// Wrong secrets, or wrong assertions of <c>private_key_jwt</c>, per minute for one client from one address, those being checked included; a
    /// secret that was right within the last hour is exempt, and so is a right assertion. Default 10.
    /// </summary>
    public int FailedAuthenticationsPerMinute { get; set; } = 10;

    /// <summary>
    /// Fetches per minute of metadata documents that are not known here, from one host, whatever the port; one user causes at most a
    /// third of this number, over all hosts together. A document that is kept, or was valid within a day, has this number for itself.
    /// Eight fetches are in flight at most. The key sets of clients (<c>jwks_uri</c>) that were not had within a day are counted in the same way
    /// by themselves, with ten times this number for all hosts together. Default 30.
    /// </summary>
    public int DocumentFetchesPerMinute { get; set; } = 30;

    /// <summary>
    /// Pushed authorization requests of public and of self-registered clients (DCR) per minute from one address, counted in each process by
    /// itself. Default 120.
    /// </summary>
    public int PushedRequestsPerMinute { get; set; } = 120;

    /// <summary>Requests for device codes per minute from one address, counted in each process by itself. Default 60.</summary>
    public int DeviceCodesPerMinute { get; set; } = 60;

    /// <summary>Device codes per minute for one client, from all addresses together, counted in each process by itself. Default 600.</summary>
    public int ClientDeviceCodesPerMinute { get; set; } = 600;

    /// <summary>
    /// Wrong user codes of one user within <see cref="HqOAuth2Options.DeviceCodeLifetime"/>; four times as many from one address. Counted in
    /// each process by itself. Default 5.
    /// </summary>
    public int WrongUserCodes { get; set; } = 5;

    /// <summary>Personal access tokens that one user may make per hour, counted in each process by itself. Default 20.</summary>
    public int PersonalAccessTokensPerHour { get; set; } = 20;

    /// <summary>
    /// Networks whose addresses may register more, or less, than <see cref="RegistrationsPerMinute"/>: for instance those of a hosted
    /// connector, which registers for all its users from a few addresses. The smallest network that an address is in counts.
    /// </summary>
    public IList<NetworkLimitOptions> Networks { get; } = [];

    /// <summary>
    /// How many self-registered (<c>dcr</c>) clients there may be: a warning at 80 %, then registrations are refused for now (503). Each
    /// node counts the stored ones once a minute and adds its own, so that several nodes can exceed it by what the others make in a
    /// minute. Default 100,000.
    /// </summary>
    public int SelfRegisteredClients { get; set; } = 100_000;

    /// <summary>
    /// How many bcrypt computations may run at once, one core being left for everything else; 16 times as many secrets may wait for one,
    /// more are refused (503). Default one less than the number of cores, at least 1.
    /// </summary>
    public int BcryptConcurrency { get; set; } = Math.Max(1, Environment.ProcessorCount - 1);
}
