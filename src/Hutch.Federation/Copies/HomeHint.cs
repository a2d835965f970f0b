namespace Hutch.Federation.Copies;

/// <summary>What of a dataset makes its copies come at once, as its home says it or as it is here.</summary>
/// <param name="IsClosed">Whether it is closed.</param>
/// <param name="HasFiles">Whether there are files in it.</param>
internal readonly record struct HomeHint(bool IsClosed, bool HasFiles)
{
    /// <summary>Whether there is more than what is here.</summary>
    public bool IsBeyond(HomeHint here) => (IsClosed && !here.IsClosed) || (HasFiles && !here.HasFiles);
}
