using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace HQ.OAuth2;

/// <summary>If a host has an endpoint of its own at a short form of one of our addresses, the host's endpoint is used.</summary>
internal sealed class HostsEndpointFirst : MatcherPolicy, IEndpointSelectorPolicy
{
    public override int Order => 0;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(IsShortForm) && !endpoints.All(IsShortForm);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        for (var i = 0; i < candidates.Count; i++)
        {
            if (!candidates.IsValidCandidate(i) || !IsShortForm(candidates[i].Endpoint))
                continue;
            for (var j = 0; j < candidates.Count; j++)
            {
                if (candidates.IsValidCandidate(j) && candidates[j].Score == candidates[i].Score && !IsShortForm(candidates[j].Endpoint))
                    candidates.SetValidity(i, false);
            }
        }

        return Task.CompletedTask;
    }

    private static bool IsShortForm(Endpoint endpoint) => endpoint.Metadata.GetMetadata<ShortForm>() is not null;
}
