@guide-2.4 @readiness @probe
Feature: 2.4 Encryption
  For customers wishing to use encrypted SIP and media, the PBX will require a real SSL
  certificate (not self-signed). Be sure to publish the required intermediate certificates as
  well as the main certificate.

  Scenario: The certificate is one that the bridge can trust
    When the PBX presents its certificates
    Then they are real, complete, in time and in the PBX's name
