using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class ScopeSetTests
{
    [TestCase(null, "")]
    [TestCase("", "")]
    [TestCase("   ", "")]
    [TestCase("read", "read")]
    [TestCase(" read  write ", "read write")]
    [TestCase("write read write", "write read")]
    [TestCase("read READ", "read READ")]
    [TestCase("a:b/c.d-e_f~!#$%&'()*+,;<=>?@[]^`{|}", "a:b/c.d-e_f~!#$%&'()*+,;<=>?@[]^`{|}")]
    [Rfc("6749-3.3-2")]
    public void Tokens_are_separated_by_spaces_and_kept_once(string? text, string expected)
    {
        ScopeSet.Parse(text).Value.ToString().Should().Be(expected);
    }

    [TestCase("re\"ad", TestName = "A_quotation_mark_in_a_scope_is_refused")]
    [TestCase("re\\ad")]
    [TestCase("read\twrite")]
    [TestCase("read\nwrite")]
    [TestCase("read\0")]
    [TestCase("réad")]
    [TestCase("read\u007f")]
    [TestCase("read\u00a0write")]
    [Rfc("6749-3.3-1")]
    public void A_character_outside_the_set_is_refused(string text)
    {
        ScopeSet.Parse(text).Error.Should().Be(OAuthError.MalformedScope);
        ScopeSet.IsToken(text).Should().BeFalse();
        text.Invoking(t => ScopeSet.Of(t)).Should().Throw<ArgumentException>();
    }

    [Test]
    public void A_list_is_bounded_before_it_is_looked_at()
    {
        ScopeSet.Parse(string.Join(' ', Enumerable.Range(0, 500))).Value.Should().HaveCount(500);
        ScopeSet.Parse(string.Join(' ', Enumerable.Range(0, 501))).Error.Should().Be(OAuthError.MalformedScope);
        ScopeSet.Parse(string.Concat(Enumerable.Repeat("x ", 1_000_000))).Error.Should().Be(OAuthError.MalformedScope);
    }

    [TestCase("read write", "write read", true)]
    [TestCase("read", "read write", false)]
    [TestCase("read", "READ", false)]
    [TestCase("", "", true)]
    [Rfc("6749-3.3-2")]
    public void Order_does_not_matter_and_case_does(string a, string b, bool equal)
    {
        var (one, other) = (ScopeSet.Parse(a).Value, ScopeSet.Parse(b).Value);

        one.Equals(other).Should().Be(equal);
        one.Equals((object)other).Should().Be(equal);
        if (equal)
            one.GetHashCode().Should().Be(other.GetHashCode());
    }

    [TestCase("read", "read write", true, "read")]
    [TestCase("write read", "read write", true, "write read")]
    [TestCase("read admin", "read write", false, "read")]
    [TestCase("", "read", true, "")]
    [TestCase("read", "", false, "")]
    public void Subsets_and_intersections(string a, string b, bool subset, string common)
    {
        var (one, other) = (ScopeSet.Parse(a).Value, ScopeSet.Parse(b).Value);

        one.IsSubsetOf(other).Should().Be(subset);
        one.Intersect(other).ToString().Should().Be(common);
    }

    [Test]
    public void A_token_has_one_character_at_least()
    {
        ScopeSet.IsToken("").Should().BeFalse();
        ScopeSet.IsToken("r").Should().BeTrue();
        "".Invoking(t => ScopeSet.Of(t)).Should().Throw<ArgumentException>();
    }
}
