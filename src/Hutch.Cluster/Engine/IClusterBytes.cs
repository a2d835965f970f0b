using Hutch.Storage;

namespace Hutch.Cluster.Engine;

/// <summary>The bytes of a site that several servers share, as one server has them open.</summary>
public interface IClusterBytes : ISiteBytes, IAsyncDisposable
{
    /// <summary>Where members are: the view that the log brings up to date.</summary>
    ILogMembers Members { get; }

    /// <summary>Says where the bodies are that are still in rows of the log. Called once, before anything is read.</summary>
    void Attach(ILogBodies bodies);
}
