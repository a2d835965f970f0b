using Hutch.Api.Documentation;

namespace Hutch.Api.Endpoints;

/// <summary>The operations of one resource.</summary>
internal interface IEndpoints
{
    void Add(EndpointTable table);
}
