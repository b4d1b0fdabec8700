namespace HQ.OAuth2.Tests;

public sealed class KeyedHashTests
{
    [Test]
    public void A_secret_has_one_name_in_a_process_and_another_one_elsewhere()
    {
        var (here, there) = (new KeyedHash(), new KeyedHash());

        here.Of("secret").Should().Be(here.Of("secret")).And.NotBe(there.Of("secret"));
        here.Of("secret").Should().NotBe(here.Of("secret ")).And.NotBe(here.Of(""));
    }
}
