using System.Net.Security;

namespace Hutch.Doors;

/// <summary>The server's certificate, for doors that listen by themselves.</summary>
public interface IServerCertificates
{
    /// <summary>The SHA-256 of the certificate, as clients name it.</summary>
    string Fingerprint { get; }

    /// <summary>The certificate for a new connection. A renewed certificate is used without a restart.</summary>
    SslServerAuthenticationOptions ForConnection();
}
