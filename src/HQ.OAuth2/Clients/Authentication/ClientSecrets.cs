using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>
/// Makes, hashes and checks client secrets. bcrypt is slow on purpose: it does not run for a secret of the wrong form or one verified within the
/// last hour, and the number of parallel computations is limited. The hash of another server has the same limits, however fast it is.
/// </summary>
internal sealed partial class ClientSecrets(ServerSettings settings, TimeProvider time, ILogger<ClientSecrets> logger) : IDisposable
{
    public const int MinWorkFactor = 4;

    /// <summary>The highest accepted work factor: a stored hash with a higher one would keep a core busy for seconds.</summary>
    public const int MaxWorkFactor = 14;

    // A secret of 256 random bits cannot be guessed, even if its hash is fast.
    private const int GeneratedWorkFactor = MinWorkFactor;
    private const int MaxBytes = 72;
    private const int MaxRemembered = 10_000;

    // One request computes no more: a new secret, those it replaces, and one more.
    private const int MaxLive = 5;
    private const string Prefix = "hqs_";

    private static readonly SearchValues<char> bcryptDigits = SearchValues.Create(
        "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    );

    private static readonly TimeSpan rememberedFor = TimeSpan.FromHours(1);

    // A hash that was not computed from a secret.
    private readonly Client nobody = new()
    {
        ClientId = "",
        Type = ClientType.Confidential,
        TokenEndpointAuthMethod = OAuthClientAuthenticationMethods.ClientSecretBasic,
        Secrets = [new() { Hash = $"$2a${settings.Options.BcryptWorkFactor:00}$" + new string('.', 22) + new string('/', 31) }],
    };

    private readonly KeyedHash names = new();
    private readonly BoundedCache<bool> verified = new(MaxRemembered, rememberedFor);
    private readonly ConcurrentDictionary<string, Task> running = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim bcrypts = new(settings.Options.Limits.BcryptConcurrency is > 0 and var n ? n : int.MaxValue);
    private long computations;

    /// <summary>How often a secret was hashed, to verify it or to replace the hash of another server, in this process.</summary>
    public long Computations => Interlocked.Read(ref computations);

    /// <summary>Makes a new secret: the text, which is shown once, and the stored form.</summary>
    public static (string Secret, ClientSecret Kept) Generate()
    {
        var secret = IssuedText.Seal(Prefix + System.Buffers.Text.Base64Url.EncodeToString(IssuedText.NewSecret()));
        return (secret, new() { Hash = BCrypt.Net.BCrypt.HashPassword(secret, GeneratedWorkFactor), Generated = true });
    }

    /// <summary>The stored form of a secret that a host brings.</summary>
    public static ClientSecret Keep(string secret, int workFactor) =>
        Fits(secret)
            ? new() { Hash = BCrypt.Net.BCrypt.HashPassword(secret, workFactor) }
            : throw new ArgumentException("A secret must be 1 to 72 bytes of UTF-8 without NUL: bcrypt reads no more.", nameof(secret));

    /// <summary>Whether bcrypt reads the whole secret. bcrypt cannot tell a secret from the same secret repeated after a NUL.</summary>
    public static bool Fits(string secret) => secret.Length > 0 && !secret.Contains('\0') && Encoding.UTF8.GetByteCount(secret) <= MaxBytes;

    /// <summary>Whether a stored text is a bcrypt hash with an accepted work factor.</summary>
    public static bool IsUsableHash(string hash) =>
        hash.Length == 60
        && hash[..3] is "$2a" or "$2b" or "$2x" or "$2y"
        && hash[3] == '$'
        && hash[6] == '$'
        && int.TryParse(hash.AsSpan(4, 2), System.Globalization.NumberStyles.None, null, out var factor)
        && factor is >= MinWorkFactor and <= MaxWorkFactor
        && !hash.AsSpan(7).ContainsAnyExcept(bcryptDigits);

    /// <summary>Whether a stored text can verify a secret: a bcrypt hash, or the hash of another server.</summary>
    public static bool CanVerify(string hash) => IsUsableHash(hash) || ForeignHash.TryParse(hash) is not null;

    /// <summary>Whether the secret is one of the client's live ones.</summary>
    public async ValueTask<bool> VerifyAsync(Client client, string presented, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var candidates = Candidates(client, presented, now);
        if (IsRemembered(candidates, now))
            return true;
        WarnOfSecrets(client, now);
        if (candidates.Count == 0)
            return false;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ours = candidates.Where(c => running.TryAdd(c.Key, done.Task)).ToList();
        try
        {
            await bcrypts.WaitAsync(ct);
            try
            {
                // If another request computed this secret while we waited, use its result.
                // bcrypt runs on a thread of its own and holds no thread of the pool, which answers all other requests. A computation that has
                // begun runs to its end.
                return IsRemembered(candidates, now)
                    || await Task.Factory.StartNew(
                        () => candidates.Exists(c => IsComputedRight(client, c, presented, now)),
                        CancellationToken.None,
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default
                    );
            }
            finally
            {
                bcrypts.Release();
            }
        }
        finally
        {
            ours.ForEach(c => running.TryRemove(c.Key, out _));
            done.SetResult();
        }
    }

    /// <summary>
    /// The work of <see cref="VerifyAsync"/> for a client that does not exist: one hash with the work factor of the host, which no secret has.
    /// </summary>
    /// <returns>False.</returns>
    public ValueTask<bool> VerifyForNobodyAsync(string presented, CancellationToken ct) => VerifyAsync(nobody, presented, ct);

    /// <summary>
    /// Whether the secret is one of the client's live ones and was verified within the last hour, or is verified right now by another request
    /// with the same secret. A client that starts with many requests at once is therefore not limited as a guesser. The method waits only for a
    /// check that already has its place.
    /// </summary>
    public async ValueTask<bool> IsKnownAsync(Client client, string presented, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var candidates = Candidates(client, presented, now);
        while (!IsRemembered(candidates, now))
        {
            var checks = candidates.Select(c => running.GetValueOrDefault(c.Key)).OfType<Task>().ToList();
            if (checks.Count == 0)
                return false;
            // The caller of a check may leave before the check begins, and another caller may be checking the secret then.
            await Task.WhenAll(checks).WaitAsync(ct);
        }

        return true;
    }

    public void Dispose() => bcrypts.Dispose();

    // The stored hashes that the secret may match. Expiry is checked each time, also for a cached secret.
    private List<Candidate> Candidates(Client client, string presented, DateTimeOffset now)
    {
        var candidates = new List<Candidate>();
        var isOfOurForm = IssuedText.TryOpen(presented, Prefix, out _);
        foreach (var kept in Live(client, now).Take(MaxLive))
        {
            var foreign = ForeignHash.TryParse(kept.Hash);
            if (
                foreign is not null
                    ? ForeignHash.Fits(presented)
                    : Fits(presented) && IsUsableHash(kept.Hash) && (!kept.Generated || isOfOurForm)
            )
                candidates.Add(new(kept, foreign, MemoryKey(client.ClientId, kept.Hash, presented)));
        }

        return candidates;
    }

    private static IEnumerable<ClientSecret> Live(Client client, DateTimeOffset now) =>
        client.Secrets.Where(kept => kept.ExpiresAt is not { } end || now < end);

    // Logged once for each check, and not for a cached secret.
    private void WarnOfSecrets(Client client, DateTimeOffset now)
    {
        var live = Live(client, now).ToList();
        if (live.Count > MaxLive)
            logger.TooManySecrets(client.ClientId, live.Count, MaxLive);
        if (live.Take(MaxLive).Any(kept => !CanVerify(kept.Hash)))
            logger.UnusableSecretHash(client.ClientId, MaxWorkFactor);
    }

    private bool IsComputedRight(Client client, Candidate candidate, string presented, DateTimeOffset now)
    {
        Count();
        try
        {
            if (candidate.Foreign?.Verify(presented) ?? BCrypt.Net.BCrypt.Verify(presented, candidate.Kept.Hash))
            {
                verified.Set(candidate.Key, true, now);
                return true;
            }
        }
        catch (BCrypt.Net.SaltParseException)
        {
            logger.UnusableSecretHash(client.ClientId, MaxWorkFactor);
        }

        return false;
    }

    private void Count()
    {
        Interlocked.Increment(ref computations);
        HqOAuth2Telemetry.BcryptComputations.Add(1);
    }

    // Each successful use starts the hour again.
    private bool IsRemembered(List<Candidate> candidates, DateTimeOffset now)
    {
        if (candidates.Find(c => verified.TryGet(c.Key, now, out _)) is not { } found)
            return false;
        verified.Set(found.Key, true, now);
        return true;
    }

    private string MemoryKey(string clientId, string hash, string presented) => names.Of($"{clientId}\n{hash}\n{presented}");

    private sealed record Candidate(ClientSecret Kept, ForeignHash? Foreign, string Key);
}
