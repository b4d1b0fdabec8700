namespace HQ.OAuth2;

internal sealed class LoopbackHostTests
{
    [TestCase("127.0.0.1", true)]
    [TestCase("[::1]", true)]
    [TestCase("localhost", true)]
    [TestCase("a.localhost", true)]
    [TestCase("a-b.c1.localhost", true)]
    [TestCase("", false)]
    [TestCase(".localhost", false)]
    [TestCase("a..localhost", false)]
    [TestCase("a_b.localhost", false)]
    [TestCase("_.a.localhost", false)]
    [TestCase("A.localhost", false)]
    [TestCase("-a.localhost", false)]
    [TestCase("a-.localhost", false)]
    [TestCase("xlocalhost", false)]
    [TestCase("aXlocalhost", false)]
    [TestCase("a.localhost.", false)]
    [TestCase("a.localhostx", false)]
    [TestCase("a.notlocalhost", false)]
    [TestCase("localhost.example", false)]
    public void Loopback_is_a_literal_or_a_name_below_localhost(string host, bool expected) => LoopbackHost.Is(host).Should().Be(expected);

    [TestCase(63, true)]
    [TestCase(64, false)]
    public void A_label_has_63_characters_at_most(int length, bool expected) =>
        LoopbackHost.Is(new string('a', length) + ".localhost").Should().Be(expected);

    [TestCase(253, true)]
    [TestCase(254, false)]
    public void A_name_has_253_characters_at_most(int length, bool expected)
    {
        var labels = string.Concat(Enumerable.Repeat(new string('a', 59) + ".", 4));
        var name = new string('b', length - labels.Length - ".localhost".Length) + "." + labels + "localhost";

        name.Should().HaveLength(length);
        LoopbackHost.Is(name).Should().Be(expected);
    }
}
