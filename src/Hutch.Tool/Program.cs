using Hutch.Commands;
using Hutch.Commands.Hosting;

return await HutchProgram.RunAsync(args, CliHost.System());
