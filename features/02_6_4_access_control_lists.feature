@guide-2.6.4 @readiness @external-0
Feature: 2.6.4 ACLs in addition to the firewall
  An access control list of the PBX should allow the addresses that the bridge connects from.

  Scenario: The PBX lets the bridge in
    When User A tries to register from Teams
    Then no access list of the PBX keeps the bridge out
