namespace Hutch.Datasets.Facility;

/// <summary>The zone, as the agent at one of its sites reaches it.</summary>
public interface IZoneFolders
{
    /// <summary>Has the zone change rights for a facility folder, or mail its people.</summary>
    /// <param name="token">The public part of the token of the agent's account here.</param>
    Task<Result<FolderAnswer>> DoAsync(string token, FolderRequest request, CancellationToken ct);
}
