namespace HQ.OAuth2;

internal sealed class StepUpTests
{
    [TestCase("", null, StepUp.Met)]
    [TestCase("", "pwd", StepUp.Met)]
    [TestCase("mfa", "mfa", StepUp.Met)]
    [TestCase("phr mfa", "mfa", StepUp.Met)]
    [TestCase("gold", "gold", StepUp.Met)]
    [TestCase("mfa", "pwd", StepUp.Reachable)]
    [TestCase("mfa", null, StepUp.Reachable)]
    [TestCase("gold mfa", "pwd", StepUp.Reachable)]
    [TestCase("MFA", "mfa", StepUp.Unreachable)]
    [TestCase("gold", "pwd", StepUp.Unreachable)]
    [TestCase("gold", null, StepUp.Unreachable)]
    public void One_of_the_asked_contexts_has_to_be_reached(string asked, string? reached, StepUp result) =>
        StepUpRule.Of(asked.Split(' ', StringSplitOptions.RemoveEmptyEntries), reached, ["mfa", "pwd"]).Should().Be(result);
}
