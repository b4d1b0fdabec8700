using System.Reflection;
using System.Text;
using NUnit.Framework.Api;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace HQ.OAuth2.Mutation;

/// <summary>The tests of an assembly, run in this process, one after the other.</summary>
internal sealed class Suite
{
    // Events that come late would give what one test reached to the next.
    private static readonly Dictionary<string, object> settings = new() { ["NumberOfTestWorkers"] = 0, ["SynchronousEvents"] = true };

    private readonly NUnitTestAssemblyRunner runner = new(new DefaultTestAssemblyBuilder());

    /// <summary>The ids of the tests; they are the same in each process.</summary>
    public IReadOnlyList<string> Tests { get; }

    /// <param name="name">The name of the assembly.</param>
    public Suite(string name)
    {
        var loaded = runner.Load(Assembly.Load(name), settings);
        Tests = [.. Leaves(loaded).Select(t => t.Id)];
    }

    /// <summary>Runs tests.</summary>
    /// <param name="tests">Their ids.</param>
    /// <param name="untilOneFails">Whether the first failure ends the run.</param>
    /// <param name="finished">Called after each test.</param>
    /// <returns>The ids of those that failed.</returns>
    public List<string> Run(IReadOnlyCollection<string> tests, bool untilOneFails, Action<ITestResult>? finished = null)
    {
        var failed = new List<string>();
        if (tests.Count == 0)
            return failed;
        var filter = new StringBuilder("<filter><or>");
        foreach (var test in tests)
            filter.Append("<id>").Append(test).Append("</id>");
        runner.Run(new Listener(this, failed, untilOneFails, finished), TestFilter.FromXml(filter.Append("</or></filter>").ToString()));
        return failed;
    }

    private static IEnumerable<ITest> Leaves(ITest test) => test.IsSuite ? test.Tests.SelectMany(Leaves) : [test];

    private sealed class Listener(Suite suite, List<string> failed, bool untilOneFails, Action<ITestResult>? finished) : ITestListener
    {
        public void TestFinished(ITestResult result)
        {
            if (result.Test.IsSuite)
                return;
            finished?.Invoke(result);
            if (result.ResultState.Status != TestStatus.Failed)
                return;
            failed.Add(result.Test.Id);
            if (untilOneFails)
                suite.runner.StopRun();
        }

        public void TestStarted(ITest test) { }

        public void TestOutput(TestOutput output) { }

        public void SendMessage(TestMessage message) { }
    }
}
