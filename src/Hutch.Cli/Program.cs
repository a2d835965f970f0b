using Hutch.Cli;
using Hutch.Cli.Hosting;

return await HutchProgram.RunAsync(args, CliHost.System());
