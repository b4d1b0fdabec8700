using System.Diagnostics;
using System.Text;

namespace HQ.OAuth2.Fuzz;

/// <summary>Makes inputs from those of the corpus, the same ones for the same seed.</summary>
internal sealed class Generator(IReadOnlyList<byte[]> corpus, byte[][] words, int seed)
{
    /// <summary>The longest input: what an endpoint reads, and one byte more.</summary>
    public const int MaxBytes = OAuthParameters.MaxBytes + 1;

    // One input in so many is long, to find work that grows with the square of its input.
    private const int LongEvery = 250;

    private static readonly byte[][] nasty =
    [
        [0],
        [0xFF],
        [0xC0, 0x80],
        [0xED, 0xA0, 0x80],
        [0xEF, 0xBB, 0xBF],
        [0xE2, 0x80, 0xAE],
        .. new[]
        {
            "%00",
            "%",
            "%G0",
            "%ED%A0%80",
            "%25",
            "\\ud800",
            "\\u0000",
            "\r\n",
            "\t",
            "\"",
            "\\",
            "'",
            "<",
            "..",
            "/../",
            "//",
            "@",
            "#",
            "?",
            "*",
            "[::1]",
            "-1",
            "0",
            "1e400",
            "99999999999999999999",
            "2147483648",
            "null",
            "true",
            "{}",
            "[]",
            ":443",
            ":0",
            "none",
            "HS256",
            "ſ",
            "İ",
            "K",
            "ａ",
            "\uFFFD",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private readonly Random random = new(seed);

    /// <summary>Runs the corpus of a target, then inputs that are made from it.</summary>
    /// <exception cref="BrokenRuleException">A rule is broken; the message has the input and the seed.</exception>
    public static GeneratorResult Run(Target target, int executions, int seed)
    {
        var corpus = Corpus.Of(target.Name).Select(c => c.Bytes).ToList();
        var (generator, watch) = (new Generator(corpus, Corpus.Words(), seed), Stopwatch.StartNew());
        var (accepted, bytes) = (0, 0L);
        for (var i = 0; i < executions; i++)
        {
            var input = i < corpus.Count ? corpus[i] : generator.Next();
            bytes += input.Length;
            try
            {
                accepted += target.Run(input) ? 1 : 0;
            }
            catch (Exception e)
            {
                throw new BrokenRuleException($"{target.Name}, seed {seed}, execution {i}: {e}{Environment.NewLine}{Shown(input)}");
            }
        }

        return new(executions, accepted, bytes, watch.ElapsedMilliseconds);
    }

    /// <summary>An input for a report: as base64, and as a string with escapes.</summary>
    public static string Shown(byte[] input)
    {
        var text = new StringBuilder();
        foreach (var b in input.Take(4096))
            text.Append(b is >= 0x20 and <= 0x7E and not ((byte)'"' or (byte)'\\') ? $"{(char)b}" : $"\\x{b:x2}");
        return $"base64: {Convert.ToBase64String(input)}{Environment.NewLine}text:   \"{text}\"";
    }

    /// <summary>The next input: one of the corpus, changed one to five times.</summary>
    public byte[] Next()
    {
        var input = Pick(corpus).ToList();
        for (var changes = random.Next(3) > 0 ? 1 : random.Next(2, 7); changes > 0; changes--)
            Change(input);
        if (random.Next(LongEvery) == 0)
            Lengthen(input);
        if (input.Count > MaxBytes)
            input.RemoveRange(MaxBytes, input.Count - MaxBytes);
        return [.. input];
    }

    private void Change(List<byte> input)
    {
        var (at, length) = Part(input);
        switch (random.Next(13))
        {
            case 0 when input.Count > 0:
                input[random.Next(input.Count)] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when input.Count > 0:
                input[random.Next(input.Count)] = (byte)random.Next(256);
                break;
            case 2:
                input.RemoveRange(at, length);
                break;
            case 3:
                // A member, a parameter or a part twice.
                input.InsertRange(at + length, input.GetRange(at, length));
                break;
            case 4:
                input.InsertRange(at, Pick(words));
                break;
            case 5:
                Replace(Pick(words));
                break;
            case 6:
                input.InsertRange(at, Pick(nasty));
                break;
            case 7:
                Replace(Pick(nasty));
                break;
            case 8:
                // The beginning of this and the end of another.
                var other = Pick(corpus);
                input.RemoveRange(at, input.Count - at);
                input.AddRange(other.Skip(random.Next(other.Length + 1)));
                break;
            case 9:
                var depth = random.Next(1, 80);
                input.InsertRange(
                    at,
                    Enumerable.Repeat(random.Next(2) == 0 ? "["u8.ToArray() : "{\"a\":"u8.ToArray(), depth).SelectMany(b => b)
                );
                break;
            case 10:
                Between((byte)'&', (byte)',', (byte)' ', (byte)'\n');
                break;
            case 11 when input.Count > 0:
                // Another case.
                input[at % input.Count] ^= 0x20;
                break;
            default:
                input.InsertRange(at, Encoding.ASCII.GetBytes(random.NextInt64().ToString()));
                break;
        }

        void Replace(byte[] by)
        {
            input.RemoveRange(at, Math.Min(length, 20));
            input.InsertRange(at, by);
        }

        // Two pieces between separators change places, or one of them is there twice.
        void Between(params byte[] separators)
        {
            var cuts = Enumerable.Range(0, input.Count).Where(i => separators.Contains(input[i])).ToList();
            if (cuts.Count < 2)
                return;
            var i = random.Next(cuts.Count - 1);
            var piece = input.GetRange(cuts[i], cuts[i + 1] - cuts[i]);
            if (random.Next(2) == 0)
                input.RemoveRange(cuts[i], piece.Count);
            input.InsertRange(Math.Min(cuts[random.Next(cuts.Count)], input.Count), piece);
        }
    }

    // A part again and again.
    private void Lengthen(List<byte> input)
    {
        var (at, length) = Part(input);
        if (length == 0)
            return;
        var part = input.GetRange(at, length);
        var times = random.Next(1, MaxBytes) / length;
        input.InsertRange(at, Enumerable.Repeat(part, times).SelectMany(p => p));
    }

    private (int At, int Length) Part(List<byte> input)
    {
        var at = random.Next(input.Count + 1);
        return (at, random.Next(Math.Min(input.Count - at, 40) + 1));
    }

    private byte[] Pick(IReadOnlyList<byte[]> list) => list[random.Next(list.Count)];
}

/// <summary>What a run of the generator did.</summary>
internal sealed record GeneratorResult(int Executions, int Accepted, long Bytes, long Milliseconds);
