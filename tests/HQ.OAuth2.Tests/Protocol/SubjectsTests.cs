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

    [TestCase("", "is empty")]
    [TestCase("a\0", "has a control character")]
    [TestCase("a\n", "has a control character")]
    [TestCase("\u007f", "has a control character")]
    [TestCase("\u0085", "has a control character")]
    [TestCase("high", "is no valid Unicode")]
    [TestCase("low", "is no valid Unicode")]
    [TestCase("long", "has 801 characters, at most 800 can be stored")]
    public void A_text_that_a_store_refuses_or_changes_is_no_subject(string subject, string problem)
    {
        // Attributes cannot carry text that is no Unicode.
        subject = subject switch
        {
            "high" => "a" + (char)0xd800,
            "low" => (char)0xdc00 + "a",
            "long" => new string('a', 801),
            _ => subject,
        };

        Subjects.Problem(subject).Should().Be(problem);
        if (subject.Length > 0)
            Subjects.Problem(subject).Should().NotContain(subject);
    }
}
