using HQ.OAuth2.Load;

// Drives each server by 16 connections, one scenario after the other, and prints what a flow costs the server. Started by run.sh.
try
{
    var settings = Settings.Read(args);
    using var run = new Run(settings);
    run.StartServers();
    run.Measure();
    Report.Print(settings, run);
    return 0;
}
catch (Exception e) when (e is ArgumentException or FormatException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
catch (Exception e) when (e is LoadException or HttpRequestException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
