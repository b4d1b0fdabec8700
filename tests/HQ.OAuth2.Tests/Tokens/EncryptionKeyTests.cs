using System.Security.Cryptography;

namespace HQ.OAuth2.Tests;

internal sealed class EncryptionKeyTests
{
    [TestCase(0, true)]
    [TestCase(-1, false)]
    [TestCase(1, false)]
    public void A_key_of_another_length_is_refused(int more, bool isRead)
    {
        var material = new byte[EncryptionKey.NewMaterial().Length + more];

        var read = () => EncryptionKey.Read("id", TestClock.Start, material);

        if (isRead)
            read().Id.Should().Be("id");
        else
            read.Should().Throw<CryptographicException>();
    }
}
