namespace Hutch.DataLad.Hosting;

/// <summary>The record of one request at the door; what is not known yet is null.</summary>
internal sealed class GitExchange
{
    public GitRoute? Route { get; set; }

    public GitRequest? Request { get; set; }
}
