namespace HQ.OAuth2.Tests;

/// <summary>Names the requirement of docs/requirements/ that a test proves: the test fails when the rule is broken.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
internal sealed class RfcAttribute(string id) : NUnit.Framework.PropertyAttribute("Rfc", id);
