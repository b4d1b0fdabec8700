using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>
/// Makes, hashes and checks client secrets. bcrypt is slow on purpose, so it never runs on what cannot be right, never twice for a
/// secret just verified, and only so many times at once.
/// </summary>
internal sealed class ClientSecrets(IOptions<HqOAuth2Options> options, TimeProvider time, ILogger<ClientSecrets> logger) : IDisposable
{
    public const int MinWorkFactor = 4;

    /// <summary>A stored hash that asks for more would hold a core for seconds.</summary>
    public const int MaxWorkFactor = 14;

    // A secret of 256 random bits cannot be guessed however fast its hash is.
    private const int GeneratedWorkFactor = 6;
    private const int MaxBytes = 72;
    private const int MaxRemembered = 10_000;
    private const string Prefix = "hqs_";

    private static readonly TimeSpan rememberedFor = TimeSpan.FromHours(1);

    private readonly byte[] processKey = IssuedText.NewSecret();
    private readonly BoundedMemory<bool> verified = new(MaxRemembered);
    private readonly SemaphoreSlim bcrypts = new(options.Value.Limits.BcryptConcurrency is > 0 and var n ? n : int.MaxValue);
    private long computations;

    /// <summary>How often bcrypt has run to verify a secret in this process.</summary>
    public long Computations => Interlocked.Read(ref computations);

    /// <summary>A new secret, to be shown once, and what is kept of it.</summary>
    public static (string Secret, ClientSecret Kept) Generate()
    {
        var secret = IssuedText.Seal(Prefix + System.Buffers.Text.Base64Url.EncodeToString(IssuedText.NewSecret()));
        return (secret, new() { Hash = BCrypt.Net.BCrypt.HashPassword(secret, GeneratedWorkFactor), Generated = true });
    }

    /// <summary>What is kept of a secret that a host brings.</summary>
    public static ClientSecret Keep(string secret, int workFactor) =>
        Fits(secret)
            ? new() { Hash = BCrypt.Net.BCrypt.HashPassword(secret, workFactor) }
            : throw new ArgumentException("A secret must be 1 to 72 bytes of UTF-8: bcrypt reads no more.", nameof(secret));

    /// <summary>Whether bcrypt would read all of it.</summary>
    public static bool Fits(string secret) => secret.Length > 0 && Encoding.UTF8.GetByteCount(secret) <= MaxBytes;

    /// <summary>Whether a stored text is a bcrypt hash of bearable cost.</summary>
    public static bool IsUsableHash(string hash) =>
        hash.Length == 60
        && hash[..3] is "$2a" or "$2b" or "$2x" or "$2y"
        && hash[3] == '$'
        && hash[6] == '$'
        && int.TryParse(hash.AsSpan(4, 2), System.Globalization.NumberStyles.None, null, out var factor)
        && factor is >= MinWorkFactor and <= MaxWorkFactor
        && hash.Skip(7).All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '/');

    /// <summary>Whether the secret is one of the client's live ones.</summary>
    public async ValueTask<bool> VerifyAsync(Client client, string presented, CancellationToken ct)
    {
        if (!Fits(presented))
            return false;
        var now = time.GetUtcNow();
        foreach (var kept in Live(client, now))
        {
            if (kept.Generated && !IssuedText.TryOpen(presented, Prefix, out _))
                continue;
            var key = MemoryKey(client.ClientId, kept.Hash, presented);
            if (IsRemembered(key, now) || await ComputeAsync(client, kept.Hash, presented, key, now, ct))
                return true;
        }

        return false;
    }

    /// <summary>Whether it was found to be one of the client's live ones within the last hour, so that bcrypt need not run.</summary>
    public bool IsRemembered(Client client, string presented)
    {
        var now = time.GetUtcNow();
        return Fits(presented) && Live(client, now).Any(kept => IsRemembered(MemoryKey(client.ClientId, kept.Hash, presented), now));
    }

    public void Dispose() => bcrypts.Dispose();

    // Expiry is looked at each time, also for a remembered secret.
    private static IEnumerable<ClientSecret> Live(Client client, DateTimeOffset now) =>
        client.Secrets.Where(kept => kept.ExpiresAt is not { } end || now < end);

    private async ValueTask<bool> ComputeAsync(
        Client client,
        string hash,
        string presented,
        string key,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        if (!IsUsableHash(hash))
        {
            logger.UnusableSecretHash(client.ClientId, MaxWorkFactor);
            return false;
        }

        await bcrypts.WaitAsync(ct);
        try
        {
            // Whoever waited behind the first computation of this secret finds its answer here.
            if (IsRemembered(key, now))
                return true;
            Interlocked.Increment(ref computations);
            HqOAuth2Telemetry.BcryptComputations.Add(1);
            if (!BCrypt.Net.BCrypt.Verify(presented, hash))
                return false;
            verified.Set(key, true, now, rememberedFor);
            return true;
        }
        catch (BCrypt.Net.SaltParseException)
        {
            logger.UnusableSecretHash(client.ClientId, MaxWorkFactor);
            return false;
        }
        finally
        {
            bcrypts.Release();
        }
    }

    private bool IsRemembered(string key, DateTimeOffset now) => verified.TryGet(key, now, out _);

    // The memory holds no secret: a keyed hash that is worth nothing outside this process.
    private string MemoryKey(string clientId, string hash, string presented) =>
        Convert.ToBase64String(HMACSHA256.HashData(processKey, Encoding.UTF8.GetBytes($"{clientId}\n{hash}\n{presented}")));
}
