using Hutch.Cli;
using Hutch.Cli.Hosting;

ServerRuntime.Enter(args);
return await HutchProgram.RunAsync(args, CliHost.System());
