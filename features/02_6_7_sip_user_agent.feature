@guide-2.6.7 @readiness @external-0
Feature: 2.6.7 SIP User Agent
  Some PBXs only accept devices that identify themselves as certain products.

  Scenario: The PBX accepts what the bridge calls itself
    When User A tries to register from Teams
    Then the PBX accepts the User-Agent of the bridge
