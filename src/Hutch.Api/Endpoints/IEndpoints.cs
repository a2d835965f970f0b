using Hutch.Api.Documentation;

namespace Hutch.Api.Endpoints;

/// <summary>The operations of one resource.</summary>
internal interface IEndpoints
{
    /// <summary>Adds the operations to the table.</summary>
    void Add(EndpointTable table);
}
