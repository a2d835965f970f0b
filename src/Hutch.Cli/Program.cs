using Hutch.Cli;
using Hutch.Cli.Hosting;
using Hutch.Cli.Verbs.Frames;
using Hutch.Commands.Hosting;
using Hutch.Commands.Verbs.Frames;

if (args is [ReaderLauncher.ContentVerb])
{
    // A server starts one for each dataset whose files a user opens, and waits for it: it starts faster without the command-line parser.
    return Hdf5ContentVerb.Answer();
}

ServerRuntime.Enter(args);
return await FullProgram.RunAsync(args, CliHost.System());
