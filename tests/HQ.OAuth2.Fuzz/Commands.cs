namespace HQ.OAuth2.Fuzz;

/// <summary>What a person or a script calls.</summary>
internal static class Commands
{
    public static int List()
    {
        foreach (var name in Target.Names)
            Console.WriteLine(name);
        return 0;
    }

    /// <summary>Runs files, a crash of afl-fuzz for instance, and says what each is for the target.</summary>
    public static int Run(string name, string[] files)
    {
        var (status, target) = (0, Target.Named(name));
        foreach (var file in files)
        {
            var input = File.ReadAllBytes(file);
            try
            {
                Console.WriteLine($"{(target.Run(input) ? "accepted" : "refused")} {file}");
            }
            catch (Exception e)
            {
                Console.WriteLine($"BROKEN {file}{Environment.NewLine}{Generator.Shown(input)}{Environment.NewLine}{e}");
                status = 1;
            }
        }

        return status;
    }

    public static int Generate(string name, string executions, string seed)
    {
        var result = Generator.Run(Target.Named(name), int.Parse(executions), int.Parse(seed));
        Console.WriteLine(
            $"{name}: {result.Executions} executions, {result.Accepted} accepted, {result.Bytes} bytes, {result.Milliseconds} ms"
        );
        return 0;
    }

    public static int Usage()
    {
        Console.Error.WriteLine("usage: list | run TARGET FILE... | generate TARGET EXECUTIONS SEED | afl TARGET | instrument LIBRARY...");
        return 2;
    }
}
