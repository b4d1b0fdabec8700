using System.Text;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class OAuthParametersTests
{
    [TestCase("a=1&b=2", "a", "1")]
    [TestCase("a=1&b=2", "b", "2")]
    [TestCase("a=1&b=2", "c", null)]
    [TestCase("a=1", "A", null)]
    [TestCase("a", "a", null)]
    [TestCase("a=", "a", null)]
    [TestCase("=x", "", "x")]
    [TestCase("a=b=c", "a", "b=c")]
    [TestCase("&&a=1&", "a", "1")]
    [TestCase("a=x+y%20z%2B", "a", "x y z+")]
    [TestCase("a=%C3%A9%e2%82%ac", "a", "é€")]
    [TestCase("%61=1", "a", "1")]
    [TestCase("", "a", null)]
    [Rfc("6749-3.1-5"), Rfc("6749-3.2-2")]
    public void Names_are_compared_ordinally_and_an_empty_value_is_absent(string form, string name, string? value)
    {
        Parse(form).Value[name].Should().Be(value);
    }

    [TestCase("a=1&a=2", "a")]
    [TestCase("a=1&a=1", "a")]
    [TestCase("a=&a=1", "a")]
    [TestCase("a&a", "a")]
    [TestCase("a=1&%61=2", "a")]
    [TestCase("a=1&A=2", null)]
    [TestCase("resource=1&resource=2&audience=3&audience=4", null)]
    [TestCase("resource=1&resource=2&scope=3&scope=4", "scope")]
    [TestCase("code_challenge=1&code_challenge=2", "code_challenge")]
    [Rfc("21-3.1-1")]
    public void A_parameter_appears_once_unless_its_standard_lets_it_repeat(string form, string? repeated)
    {
        Parse(form).Value.Repeated.Should().Be(repeated);
    }

    [TestCase("a=%")]
    [TestCase("a=%4")]
    [TestCase("a=%GG")]
    [TestCase("a=%zz")]
    [TestCase("%=1")]
    [TestCase("a=%ff%fe")]
    [TestCase("a=%C3")]
    [TestCase("a=%C0%80")]
    [TestCase("a=%ED%A0%80")]
    [Rfc("6749-B-2")]
    public void What_does_not_decode_is_refused(string form)
    {
        Parse(form).Error.Should().Be(OAuthError.MalformedForm);
    }

    [Test, Rfc("6749-B-2")]
    public void Raw_bytes_that_are_not_utf8_are_refused()
    {
        OAuthParameters.Parse([(byte)'a', (byte)'=', 0xff]).Error.Should().Be(OAuthError.MalformedForm);
    }

    [Test]
    public void Sizes_are_bounded_before_anything_is_read()
    {
        Parse("a=" + new string('x', OAuthParameters.MaxBytes - 2)).Error.Should().BeNull();
        Parse("a=" + new string('x', OAuthParameters.MaxBytes - 1)).Error.Should().Be(OAuthError.RequestTooLarge);
        Parse(Pairs(OAuthParameters.MaxPairs)).Error.Should().BeNull();
        Parse(Pairs(OAuthParameters.MaxPairs + 1)).Error.Should().Be(OAuthError.MalformedForm);
    }

    [TestCase("&a=1&&b=2&", "a,b")]
    [TestCase("&", "")]
    [TestCase("=&a", ",a")]
    public void Nothing_between_two_separators_is_no_parameter(string form, string names)
    {
        string.Join(',', Parse(form).Value.Names).Should().Be(names);
    }

    [Test]
    public void Every_value_of_a_repeatable_parameter_is_kept_in_order()
    {
        var parameters = Parse("resource=b&x=1&resource=&resource=a").Value;

        parameters.All("resource").Should().Equal("b", "a");
        parameters.IsRepeated("resource").Should().BeTrue();
        parameters.IsRepeated("x").Should().BeFalse();
        parameters.Names.Should().Equal("resource", "x", "resource", "resource");
    }

    [Test]
    public void Parameters_survive_the_way_through_a_query()
    {
        var parameters = OAuthParameters.Of(("a&=", " %&+£€"), ("b", ""), ("a&=", "2"));

        var read = Parse(parameters.ToQuery()).Value;

        read.Names.Should().Equal("a&=", "b", "a&=");
        read.All("a&=").Should().Equal(" %&+£€", "2");
    }

    private static string Pairs(int count) => string.Join('&', Enumerable.Range(0, count).Select(i => $"p{i}=1"));

    private static Outcome<OAuthParameters> Parse(string form) => OAuthParameters.Parse(Encoding.UTF8.GetBytes(form));

    [TestCase("")]
    [TestCase("a=1&b=x%20y&c=%C3%A4%E2%82%AC%F0%9F%98%80&d=-._~&e=%2F%3F%26%3D%25")]
    [TestCase("=&a&b=")]
    public void The_length_of_a_query_is_known_before_it_is_made(string form)
    {
        var parameters = Parse(form).Value;

        parameters.QueryLength.Should().Be(parameters.ToQuery().Length);
    }
}
