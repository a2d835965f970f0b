namespace Hutch.Server;

/// <summary>Reads configurations of places that a site can be at.</summary>
public interface ILocationReader
{
    /// <summary>The database and bucket of this server; null for a data folder.</summary>
    ISharedLocation? Own { get; }

    /// <summary>Reads the configuration of a server at another place.</summary>
    /// <exception cref="HutchException">It is not valid.</exception>
    (ServeOptions Options, ISharedLocation? Place) Read(string file);
}
