namespace HQ.OAuth2;

internal sealed class LookalikesTests
{
    // Cyrillic, Armenian, Greek, Cherokee, Latin letters apart, small capitals, mathematical, full-width, circled, squared and flag letters,
    // digits, pairs, signs in a word, marks and what cannot be seen.
    [TestCase("\u0421l\u0430ude")]
    [TestCase("Cla\u057dde")]
    [TestCase("Cl\u03b1ude")]
    [TestCase("\u13df\u13de\u13aaude")]
    [TestCase("Cl\u0251ude")]
    [TestCase("\u1d04\u029f\u1d00\u1d1c\u1d05\u1d07")]
    [TestCase("\U0001d402\U0001d425\U0001d41a\U0001d42e\U0001d41d\U0001d41e")]
    [TestCase("\uff23\uff4c\uff41\uff55\uff44\uff45")]
    [TestCase("\u24b8\u24db\u24d0\u24e4\u24d3\u24d4")]
    [TestCase("\U0001f172laude")]
    [TestCase("\U0001f1e8laude")]
    [TestCase("CIaude")]
    [TestCase("C1aude")]
    [TestCase("C|aude")]
    [TestCase("Cl4ud3")]
    [TestCase("Cl@ude")]
    [TestCase("Claucle")]
    [TestCase("CLAUDE")]
    [TestCase("c l-a_u d e")]
    [TestCase("Cla\u0301ude\u0308")]
    [TestCase("Cl\u00e1ud\u00e8")]
    [TestCase("\u212d\u2113\u00e4\u00fc\u0111\u0229")]
    [TestCase("Cla\u200bu\u202ede")]
    public void A_name_of_other_letters_looks_like_the_name(string name) =>
        Lookalikes.Skeleton(name).Should().Be(Lookalikes.Skeleton("Claude"));

    [TestCase("Morning", "Moming")]
    [TestCase("Swing", "Svving")]
    [TestCase("Idle", "Iclle")]
    [TestCase("Notes", "N0TE5")]
    public void Names_that_look_alike_have_one_skeleton(string name, string other) =>
        Lookalikes.Skeleton(other).Should().Be(Lookalikes.Skeleton(name));

    [TestCase("Claude", "Claudia")]
    [TestCase("Cursor", "Course")]
    [TestCase("Notes", "Noted")]
    [TestCase("\u6f22\u5b57", "\u6f22")]
    [TestCase("\u05e9\u05dc\u05d5\u05dd", "Shalom")]
    public void Other_names_have_another(string name, string other) =>
        Lookalikes.Skeleton(other).Should().NotBe(Lookalikes.Skeleton(name)).And.NotBeEmpty();

    [TestCase("Claude (official)")]
    [TestCase("Verified Claude")]
    [TestCase("Claude - verified app")]
    [TestCase("Official Claude Desktop")]
    [TestCase("The \u041effi\u0441ial Claude for teams")]
    [TestCase("ClaudeOfficial")]
    [TestCase("officialclaude")]
    [TestCase("0ff1c1al Claude")]
    [TestCase("Claude (offiziell)")]
    [TestCase("Gepr\u00fcfte Claude")]
    [TestCase("GEPR\u00dcFT: Claude")]
    [TestCase("Claude sicher")]
    [TestCase("Claude \u2705")]
    [TestCase("\u2714 Claude Desktop")]
    [TestCase("Trusted Secure Claude")]
    [TestCase("X official Claude")]
    public void Words_of_trust_around_a_name_are_a_claim_and_hide_nothing(string name)
    {
        Lookalikes.ClaimsTrust(name).Should().Be(true);
        Lookalikes.TakenFor(name).Should().Contain(Lookalikes.Skeleton("Claude")).And.HaveCountLessThan(60);
    }

    [Test]
    public void Each_word_of_trust_is_a_claim_in_each_form(
        [Values(
            "official",
            "verified",
            "trusted",
            "trustworthy",
            "secure",
            "secured",
            "certified",
            "approved",
            "authentic",
            "genuine",
            "offiziell*",
            "verifiziert*",
            "vertrauensw\u00fcrdig*",
            "sicher*",
            "zertifiziert*",
            "gepr\u00fcft*",
            "freigegeben*"
        )]
            string word
    )
    {
        foreach (var form in word.EndsWith('*') ? Enumerable.Select(["", "e", "er", "es"], e => word[..^1] + e) : [word])
        {
            Lookalikes.TakenFor($"{form} Claude").Should().Contain(Lookalikes.Skeleton("Claude"), form);
            // A short word may be a part of another word.
            if (form.Length >= 8)
                Lookalikes.TakenFor(form + "Claude").Should().Contain(Lookalikes.Skeleton("Claude"), form);
        }
    }

    [TestCase("Claude Desktop")]
    [TestCase("Unofficial Claude")]
    [TestCase("Claude (inoffiziell)")]
    [TestCase("ClaudeUnofficial")]
    [TestCase("Versicherung")]
    [TestCase("Insecure Direct")]
    [TestCase("Officer")]
    [TestCase("Security Center")]
    [TestCase("Sichere\u0301i M\u00fcller")]
    [TestCase("")]
    [TestCase(null)]
    public void An_ordinary_name_claims_nothing(string? name)
    {
        Lookalikes.ClaimsTrust(name).Should().Be(false);
        if (name is { Length: > 0 })
            Lookalikes.TakenFor(name).Should().Equal(Lookalikes.Skeleton(name));
    }

    [TestCase("v e r i f i e d")]
    [TestCase("O-F-F-I-C-I-A-L")]
    public void Single_letters_with_signs_between_them_are_read_as_one_word(string name) => Lookalikes.ClaimsTrust(name).Should().Be(true);

    [Test]
    public void Words_that_deny_trust_separate_no_other_words() =>
        Lookalikes.TakenFor("Verified Claude (unofficial) Desktop").Should().Contain(Lookalikes.Skeleton("Claude Desktop"));

    [TestCase("!Claude", "Claude")]
    [TestCase("Claude!", "Claude")]
    [TestCase("Claude! Now", "Claude Now")]
    [TestCase("Claude !Now", "Claude Now")]
    [TestCase("Claude |", "Claude")]
    public void A_sign_is_a_letter_between_letters_only(string name, string other) =>
        Lookalikes.Skeleton(name).Should().Be(Lookalikes.Skeleton(other));

    [TestCase("\u2714")]
    [TestCase("...")]
    [TestCase("Official")]
    public void A_name_without_other_words_is_taken_for_nothing_but_itself(string name) =>
        Lookalikes.TakenFor(name).Should().Equal(name == "Official" ? [Lookalikes.Skeleton(name)] : []);

    [TestCase("\u0421\u0411\u0415\u0420", "\u0441\u0431\u0435\u0440")]
    [TestCase("\u0441\u0431\u0435\u0440", "\u0421\u0411\u0415\u0420")]
    [TestCase("\u0421\u0431\u0435\u0440", "\u0421\u0411\u0415\u0420")]
    [TestCase("Notes", "\u039dotes")]
    public void A_name_in_another_case_is_taken_for_the_name(string name, string other) =>
        Lookalikes.TakenFor(other).Should().Contain(Lookalikes.Skeleton(name));

    [Test]
    public void A_long_name_is_taken_for_few()
    {
        var name = "official " + string.Join(' ', Enumerable.Range(0, 30).Select(i => (char)('a' + i % 26)));
        Lookalikes.TakenFor(name).Should().HaveCountLessThan(60);
        foreach (var text in new[] { new string('\ufdfa', 64), Hostile.Repeat(100), "\ud800", "\0", new string('m', 10_000) })
            Lookalikes.Skeleton(text).Length.Should().BeLessThanOrEqualTo(Lookalikes.MaxSkeleton);
    }

    private static class Hostile
    {
        public static string Repeat(int times) => string.Concat(Enumerable.Repeat("\u202e\u0300\U0001f172|", times));
    }
}
