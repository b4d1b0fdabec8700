using System.Globalization;
using HQ.OAuth2.Mutation;

// Runs the tests of the core, or those over HTTP, against the assembly with all mutants that stands beside this program (tests/mutation.sh), and
// writes into the report of the mutation tool which of them a test noticed.
//   HQ.OAuth2.Mutation <report> <suite>            tries each mutant of the report that is not killed yet
//   HQ.OAuth2.Mutation --cover <suite> <file>      a worker: which tests of a suite reach which mutants
//   HQ.OAuth2.Mutation --try <suite> <mutant>      a worker: one mutant a line; -1, or the mutant that is on before anything has run
switch (args)
{
    case ["--cover", var suite, var file]:
        Worker.Cover(suite, file);
        return 0;
    case ["--try", var suite, var mutant]:
        Worker.Try(suite, int.Parse(mutant, CultureInfo.InvariantCulture));
        return 0;
    case [var report, var suite]:
        await Trial.RunAsync(report, suite);
        return 0;
    default:
        await Console.Error.WriteLineAsync("The report of the mutation tool and a suite are needed.");
        return 2;
}
