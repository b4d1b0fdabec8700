namespace HQ.OAuth2;

internal sealed class SubjectsTests
{
    [TestCase("alice")]
    [TestCase("4711")]
    [TestCase("ünï çødé \ud83d\ude00")]
    [TestCase("a b")]
    public void A_subject_is_any_text_that_every_store_keeps(string subject)
    {
        Subjects.Problem(subject).Should().BeNull();
        Subjects.Problem(new string('a', 800)).Should().BeNull();
    }

    [TestCase("")]
    [TestCase("a\0")]
    [TestCase("a\n")]
    [TestCase("\u007f")]
    [TestCase("\u0085")]
    [TestCase("high")]
    [TestCase("low")]
    [TestCase("long")]
    public void A_text_that_a_store_refuses_or_changes_is_no_subject(string subject)
    {
        // Attributes cannot carry text that is no Unicode.
        subject = subject switch
        {
            "high" => "a" + (char)0xd800,
            "low" => (char)0xdc00 + "a",
            "long" => new string('a', 801),
            _ => subject,
        };

        Subjects.Problem(subject).Should().NotBeNull();
        if (subject.Length > 0)
            Subjects.Problem(subject).Should().NotContain(subject);
    }
}
