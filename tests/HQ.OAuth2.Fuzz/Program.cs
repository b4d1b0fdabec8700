using HQ.OAuth2.Fuzz;

// instrument LIBRARY...: for AFL++; this must happen in a process that does not use the library, so nothing here names a type of it.
// list | afl TARGET | run TARGET FILE... | generate TARGET EXECUTIONS SEED
return args switch
{
    ["instrument", .. var libraries] => Afl.Instrument(libraries),
    ["afl", var target] => Afl.Run(target),
    ["list"] => Commands.List(),
    ["run", var target, .. var files] => Commands.Run(target, files),
    ["generate", var target, var executions, var seed] => Commands.Generate(target, executions, seed),
    _ => Commands.Usage(),
};
