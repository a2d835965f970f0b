using Hutch.Cli.Hosting;
using Hutch.Formats.Hdf5Content;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch hdf5-content</c>: the limited process in which HDF5 files of datasets are looked into. Started by a server.</summary>
internal sealed class Hdf5ContentVerb : Verb
{
    internal Hdf5ContentVerb(CliHost host)
        : base(host, "hdf5-content", "Look into HDF5 files for a server.") => Hidden = true;

    protected override Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        using Stream input = Console.OpenStandardInput();
        using Stream output = Console.OpenStandardOutput();
        return Task.FromResult(ContentHost.Run(input, output));
    }
}
