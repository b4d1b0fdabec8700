using HQ.OAuth2.Load;
using HQ.OAuth2.Load.Floor;

// The least that a server on Kestrel can do for the same answers: no checks, no options, only the work that nobody can leave out.
var arguments = ServerArguments.Read(args);
IRows rows = arguments.Store switch
{
    "memory" => new MemoryRows(),
    "sqlite" => await SqliteRows.OpenAsync(arguments.Connection),
    "postgres" => await PostgreSqlRows.OpenAsync(arguments.Connection),
    var other => throw new ArgumentException($"There is no store {other}."),
};
var builder = WebApplication.CreateEmptyBuilder(new());
builder.WebHost.UseKestrelCore().UseUrls(arguments.Url);
var app = builder.Build();
app.Run(new Endpoints(arguments.Url, rows).AnswerAsync);
app.Run();
