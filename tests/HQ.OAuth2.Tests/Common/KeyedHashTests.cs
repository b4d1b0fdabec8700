using System.Buffers;
using System.Text;

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

    [Test]
    public void The_secret_does_not_stay_in_the_shared_buffer()
    {
        var secret = Guid.NewGuid().ToString();

        new KeyedHash().Of(secret);

        // The pool gives this thread the buffer that it got last.
        var buffer = ArrayPool<byte>.Shared.Rent(32 + Encoding.UTF8.GetMaxByteCount(secret.Length));
        Encoding.UTF8.GetString(buffer).Should().NotContain(secret);
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
