using System.Text.Json;

namespace HQ.OAuth2.Tests;

public sealed class ClaimsJsonTests
{
    [Test]
    public void Every_kind_of_claim_is_read_back_as_it_was()
    {
        const string text = "\"quoted\" \\ </script> ä € 😀 \n";

        using var json = JsonDocument.Parse(
            ClaimsJson.Of(
                new()
                {
                    ["sub"] = text,
                    [text] = "a name",
                    ["roles"] = new[] { text, "b" },
                    ["cnf"] = new Confirmation("thumbprint"),
                    ["exp"] = long.MaxValue,
                    ["admin"] = true,
                }
            )
        );

        var root = json.RootElement;
        root.GetProperty("sub").GetString().Should().Be(text);
        root.GetProperty(text).GetString().Should().Be("a name");
        root.GetProperty("roles").EnumerateArray().Select(r => r.GetString()).Should().Equal(text, "b");
        root.GetProperty("cnf").GetProperty("jkt").GetString().Should().Be("thumbprint");
        root.GetProperty("exp").GetInt64().Should().Be(long.MaxValue);
        root.GetProperty("admin").GetBoolean().Should().BeTrue();
    }

    [Test]
    public void Another_kind_is_a_bug_of_ours()
    {
        var claims = new Dictionary<string, object> { ["x"] = 1.5 };

        claims.Invoking(ClaimsJson.Of).Should().Throw<InvalidOperationException>().WithMessage("*Double*");
    }
}
