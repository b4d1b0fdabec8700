using System.Text;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class FormEncodingTests
{
    [Test, Rfc("6749-B-1")]
    public void The_vector_of_Appendix_B_decodes_and_what_we_encode_decodes_to_the_same()
    {
        const string text = " %&+£€";

        Decode("+%25%26%2B%C2%A3%E2%82%AC").Should().Be(text);
        // A space as %20, which every decoder reads alike; the rest to the letter.
        FormEncoding.Encode(text).Should().Be("%20%25%26%2B%C2%A3%E2%82%AC");
        Decode(FormEncoding.Encode(text)).Should().Be(text);
    }

    [TestCase("%0d%0A", "\r\n")]
    [TestCase("%00", "\0")]
    [TestCase("a%2fb", "a/b")]
    [TestCase("%2525", "%25")]
    [TestCase("", "")]
    public void Escapes_are_undone_once(string encoded, string text)
    {
        Decode(encoded).Should().Be(text);
    }

    [Test]
    public void A_long_value_is_decoded_as_a_short_one()
    {
        Decode(string.Concat(Enumerable.Repeat("%C3%A9+", 1000))).Should().Be(string.Concat(Enumerable.Repeat("é ", 1000)));
    }

    [Test]
    public void A_long_value_needs_no_stack()
    {
        string? text = null;
        // An overflow would end the process.
        var thread = new Thread(() => FormEncoding.TryDecode(new byte[1024 * 1024], out text), maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();

        text!.Length.Should().Be(1024 * 1024);
    }

    [Test]
    public void A_short_value_allocates_nothing_but_its_text()
    {
        byte[] encoded = [.. Enumerable.Repeat((byte)'a', 256)];
        FormEncoding.TryDecode(encoded, out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        FormEncoding.TryDecode(encoded, out var text);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        allocated.Should().BeLessThan(2 * text!.Length + 64);
    }

    [TestCase("https://c.example/cb", "https://c.example/cb?code=a&state=b%26c")]
    [TestCase("https://c.example/cb?x=1&y=%20", "https://c.example/cb?x=1&y=%20&code=a&state=b%26c")]
    [TestCase("https://c.example/cb?", "https://c.example/cb?code=a&state=b%26c")]
    [TestCase("https://c.example/cb?x=1&", "https://c.example/cb?x=1&code=a&state=b%26c")]
    [TestCase("com.example.app:/oauth2redirect/p", "com.example.app:/oauth2redirect/p?code=a&state=b%26c")]
    [Rfc("6749-3.1.2-3"), Rfc("8252-7.1-1")]
    public void The_query_of_a_redirect_uri_stays_as_it_is(string uri, string expected)
    {
        FormEncoding.AppendQuery(uri, ("code", "a"), ("none", null), ("state", "b&c")).Should().Be(expected);
    }

    [Test, Rfc("9207-2.1-1")]
    public void The_issuer_is_encoded_once()
    {
        FormEncoding
            .AppendQuery("https://c.example/cb", ("iss", "https://honest.as.example"))
            .Should()
            .EndWith("?iss=https%3A%2F%2Fhonest.as.example");
    }

    private static string? Decode(string encoded) => FormEncoding.TryDecode(Encoding.UTF8.GetBytes(encoded), out var text) ? text : null;

    [TestCase("%")]
    [TestCase("%4")]
    [TestCase("a%4")]
    [TestCase("%4g")]
    [TestCase("%g4")]
    [TestCase("%C3")]
    [TestCase("%FF")]
    public void What_is_no_escape_or_no_UTF_8_is_refused(string encoded) => Decode(encoded).Should().BeNull();

    [TestCase(255)]
    [TestCase(256)]
    [TestCase(257)]
    public void A_value_of_any_length_is_decoded_whole(int length) => Decode(new string('a', length)).Should().Be(new string('a', length));

    [Test]
    public void The_length_of_an_encoded_text_is_known_before_it_is_encoded()
    {
        foreach (var text in new[] { "", "a", "Z9-._~", " %&+£€", "é", "\ud83d\ude00", "a b" })
            FormEncoding.EncodedLength(text).Should().Be(FormEncoding.Encode(text).Length, text);
        for (var c = ' '; c < 127; c++)
            FormEncoding.EncodedLength(c.ToString()).Should().Be(FormEncoding.Encode(c.ToString()).Length, "of {0}", c);
    }
}
