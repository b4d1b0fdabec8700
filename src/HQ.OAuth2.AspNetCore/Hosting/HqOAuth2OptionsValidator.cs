using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>Runs the core's rules at start-up, with what only the host knows.</summary>
internal sealed class HqOAuth2OptionsValidator(IHostEnvironment environment) : IValidateOptions<HqOAuth2Options>
{
    public ValidateOptionsResult Validate(string? name, HqOAuth2Options options)
    {
        var problems = HqOAuth2OptionsRules.Problems(options, environment.IsDevelopment()).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
