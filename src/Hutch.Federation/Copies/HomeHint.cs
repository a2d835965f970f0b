namespace Hutch.Federation.Copies;

/// <summary>The facts of a dataset that make its copies come at once, at the home or here.</summary>
internal readonly record struct HomeHint(bool IsClosed, bool HasFiles)
{
    public bool IsBeyond(HomeHint here) => (IsClosed && !here.IsClosed) || (HasFiles && !here.HasFiles);
}
