using Hutch.Cli;
using Hutch.Cli.Hosting;
using Hutch.Cli.Ingest;
using Hutch.Cli.Verbs.Frames;

if (args is [OwnReader.ContentVerb])
{
    // A server starts one for each dataset that somebody looks into, and waits for it: without the parser of command lines it is there
    // sooner.
    return Hdf5ContentVerb.Answer();
}

ServerRuntime.Enter(args);
return await HutchProgram.RunAsync(args, CliHost.System());
