@guide-4.1.1.1 @readiness
Feature: 4.1.1.1 Country & State/Province
  The service will configure two nodes for each PBX to ensure high availability.

  Scenario: When one node of the bridge is lost, the other gets the calls
    Given User A is registered from one node of the bridge
    And a call from the PSTN rings there
    When that node is lost and User A registers from the other
    Then a call from the PSTN rings at the other node
